# What a cluster of silos needs in Azure. Nothing here is a secret: identities sign in, keys are off.

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "main" {
  name     = "${var.name}-rg"
  location = var.location
  tags     = var.tags
}

# --- The stream -------------------------------------------------------------------------------------------------------

resource "azurerm_eventhub_namespace" "main" {
  name                          = "${var.name}-events"
  resource_group_name           = azurerm_resource_group.main.name
  location                      = azurerm_resource_group.main.location
  sku                           = "Standard"
  capacity                      = var.hub_throughput_units
  auto_inflate_enabled          = var.hub_throughput_units_max > var.hub_throughput_units
  maximum_throughput_units      = var.hub_throughput_units_max > var.hub_throughput_units ? var.hub_throughput_units_max : null
  minimum_tls_version           = "1.2"
  local_authentication_enabled  = false
  public_network_access_enabled = true
  tags                          = var.tags
}

resource "azurerm_eventhub" "clicks" {
  name              = "clicks"
  namespace_id      = azurerm_eventhub_namespace.main.id
  partition_count   = var.hub_partitions
  message_retention = var.hub_retention_days
}

resource "azurerm_eventhub_consumer_group" "insight" {
  name                = "realtime-insight"
  namespace_name      = azurerm_eventhub_namespace.main.name
  eventhub_name       = azurerm_eventhub.clicks.name
  resource_group_name = azurerm_resource_group.main.name
}

# --- Customers, membership and checkpoints ----------------------------------------------------------------------------

resource "azurerm_storage_account" "main" {
  name                            = "${var.name}state"
  resource_group_name             = azurerm_resource_group.main.name
  location                        = azurerm_resource_group.main.location
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  account_kind                    = "StorageV2"
  min_tls_version                 = "TLS1_2"
  https_traffic_only_enabled      = true
  shared_access_key_enabled       = false
  allow_nested_items_to_be_public = false
  tags                            = var.tags

  blob_properties {
    delete_retention_policy {
      days = 14
    }
  }
}

resource "azurerm_storage_container" "checkpoints" {
  name               = "checkpoints"
  storage_account_id = azurerm_storage_account.main.id
}

resource "azurerm_storage_container" "dead_letters" {
  name               = "dead-letters"
  storage_account_id = azurerm_storage_account.main.id
}

resource "azurerm_storage_container" "customers" {
  name               = "customers"
  storage_account_id = azurerm_storage_account.main.id
}

resource "azurerm_storage_container" "models" {
  name               = "models"
  storage_account_id = azurerm_storage_account.main.id
}

# --- Secrets of the workload: keys of senders, secrets of webhooks; put in by people, never by Terraform ----------------

resource "azurerm_key_vault" "main" {
  name                       = "${var.name}-keys"
  resource_group_name        = azurerm_resource_group.main.name
  location                   = azurerm_resource_group.main.location
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 90
  tags                       = var.tags
}

# --- The cluster ------------------------------------------------------------------------------------------------------

resource "azurerm_kubernetes_cluster" "main" {
  name                      = "${var.name}-aks"
  resource_group_name       = azurerm_resource_group.main.name
  location                  = azurerm_resource_group.main.location
  dns_prefix                = var.name
  kubernetes_version        = var.kubernetes_version
  sku_tier                  = "Standard"
  automatic_upgrade_channel = "patch"
  local_account_disabled    = true
  oidc_issuer_enabled       = true
  workload_identity_enabled = true
  tags                      = var.tags

  default_node_pool {
    name                        = "customers"
    vm_size                     = var.cpu_vm_size
    auto_scaling_enabled        = true
    min_count                   = 3
    max_count                   = var.cpu_nodes_max
    zones                       = ["1", "2", "3"]
    temporary_name_for_rotation = "rotation"

    upgrade_settings {
      max_surge = "1"
    }
  }

  identity {
    type = "SystemAssigned"
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled = true
    tenant_id          = data.azurerm_client_config.current.tenant_id
  }

  api_server_access_profile {
    authorized_ip_ranges = var.api_server_addresses
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "gpu" {
  count                 = var.gpu_nodes_max > 0 ? 1 : 0
  name                  = "gpu"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.main.id
  vm_size               = var.gpu_vm_size
  auto_scaling_enabled  = true
  min_count             = 0
  max_count             = var.gpu_nodes_max
  node_labels           = { "realtime-insight/device" = "gpu" }
  node_taints           = ["nvidia.com/gpu=present:NoSchedule"]
  tags                  = var.tags

  upgrade_settings {
    max_surge = "1"
  }
}

# --- Who may do what --------------------------------------------------------------------------------------------------

resource "azurerm_user_assigned_identity" "silo" {
  name                = "${var.name}-silo"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "silo" {
  name                = "kubernetes"
  resource_group_name = azurerm_resource_group.main.name
  parent_id           = azurerm_user_assigned_identity.silo.id
  issuer              = azurerm_kubernetes_cluster.main.oidc_issuer_url
  subject             = "system:serviceaccount:${var.workload_namespace}:realtime-insight"
  audience            = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "reads_the_hub" {
  scope                = azurerm_eventhub.clicks.id
  role_definition_name = "Azure Event Hubs Data Receiver"
  principal_id         = azurerm_user_assigned_identity.silo.principal_id
}

resource "azurerm_role_assignment" "keeps_blobs" {
  scope                = azurerm_storage_account.main.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.silo.principal_id
}

resource "azurerm_role_assignment" "keeps_tables" {
  scope                = azurerm_storage_account.main.id
  role_definition_name = "Storage Table Data Contributor"
  principal_id         = azurerm_user_assigned_identity.silo.principal_id
}

resource "azurerm_role_assignment" "reads_secrets" {
  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.silo.principal_id
}
