output "event_hubs_namespace" {
  description = "Namespace of HubReaderOptions, and where producers send."
  value       = "${azurerm_eventhub_namespace.main.name}.servicebus.windows.net"
}

output "hub" {
  description = "Hub of HubReaderOptions."
  value       = azurerm_eventhub.clicks.name
}

output "consumer_group" {
  description = "ConsumerGroup of HubReaderOptions."
  value       = azurerm_eventhub_consumer_group.insight.name
}

output "checkpoint_container" {
  description = "CheckpointContainer of HubReaderOptions."
  value       = "${azurerm_storage_account.main.primary_blob_endpoint}${azurerm_storage_container.checkpoints.name}"
}

output "dead_letter_container" {
  description = "DeadLetterContainer of HubReaderOptions."
  value       = "${azurerm_storage_account.main.primary_blob_endpoint}${azurerm_storage_container.dead_letters.name}"
}

output "blob_endpoint" {
  description = "Cluster:BlobAddress: the container customers is there."
  value       = azurerm_storage_account.main.primary_blob_endpoint
}

output "table_endpoint" {
  description = "Cluster:TableAddress: the table of the silos is made there."
  value       = azurerm_storage_account.main.primary_table_endpoint
}

output "key_vault_uri" {
  description = "Where the keys of senders and the secrets of webhooks are put."
  value       = azurerm_key_vault.main.vault_uri
}

output "identity_client_id" {
  description = "Client id for the annotation azure.workload.identity/client-id of the service account."
  value       = azurerm_user_assigned_identity.silo.client_id
}

output "cluster" {
  description = "Name of the cluster for `az aks get-credentials`."
  value       = azurerm_kubernetes_cluster.main.name
}
