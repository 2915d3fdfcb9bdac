variable "subscription_id" {
  description = "Azure subscription, a GUID."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.subscription_id))
    error_message = "subscription_id has to be a GUID; `az account show --query id` prints it."
  }
}

variable "name" {
  description = "Begins the name of every resource; has to be free in all of Azure, as storage accounts and hubs are."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{2,14}$", var.name))
    error_message = "name has to be 3 to 15 lower-case letters and digits and begin with a letter."
  }
}

variable "location" {
  description = "Azure region with the GPU size of gpu_vm_size."
  type        = string
  default     = "westeurope"

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "location has to be a region's short name, such as westeurope."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.tags) <= 15
    error_message = "tags may hold 15 entries at most."
  }
}

variable "hub_partitions" {
  description = "Partitions of the hub: most readers at once. Cannot be made fewer."
  type        = number
  default     = 32

  validation {
    condition     = var.hub_partitions >= 1 && var.hub_partitions <= 32 && floor(var.hub_partitions) == var.hub_partitions
    error_message = "hub_partitions has to be a whole number from 1 to 32, the most of the Standard tier."
  }
}

variable "hub_throughput_units" {
  description = "Throughput units to begin with: 1 MB/s or 1,000 events/s in, each."
  type        = number
  default     = 2

  validation {
    condition     = var.hub_throughput_units >= 1 && var.hub_throughput_units <= 40
    error_message = "hub_throughput_units has to be from 1 to 40."
  }
}

variable "hub_throughput_units_max" {
  description = "Throughput units that automatic inflation may reach."
  type        = number
  default     = 20

  validation {
    condition     = var.hub_throughput_units_max >= var.hub_throughput_units && var.hub_throughput_units_max <= 40
    error_message = "hub_throughput_units_max has to be from hub_throughput_units to 40."
  }
}

variable "hub_retention_days" {
  description = "How long events can be read again."
  type        = number
  default     = 7

  validation {
    condition     = var.hub_retention_days >= 1 && var.hub_retention_days <= 7
    error_message = "hub_retention_days has to be from 1 to 7, the most of the Standard tier."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes minor version; null for the region's default."
  type        = string
  default     = null

  validation {
    condition     = var.kubernetes_version == null || can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version has to be a minor version such as 1.33, or null."
  }
}

variable "api_server_addresses" {
  description = "Address ranges that may reach the cluster's API server."
  type        = list(string)

  validation {
    condition     = length(var.api_server_addresses) > 0 && alltrue([for range in var.api_server_addresses : can(cidrhost(range, 0)) && range != "0.0.0.0/0"])
    error_message = "api_server_addresses has to name at least one range such as 203.0.113.0/24, and not the whole internet."
  }
}

variable "cpu_vm_size" {
  description = "VM size of the nodes that hold customers."
  type        = string
  default     = "Standard_D8ds_v5"

  validation {
    condition     = startswith(var.cpu_vm_size, "Standard_")
    error_message = "cpu_vm_size has to be an Azure size such as Standard_D8ds_v5."
  }
}

variable "cpu_nodes_max" {
  description = "Most nodes that hold customers; three are the least."
  type        = number
  default     = 12

  validation {
    condition     = var.cpu_nodes_max >= 3 && var.cpu_nodes_max <= 1000
    error_message = "cpu_nodes_max has to be from 3 to 1000."
  }
}

variable "gpu_vm_size" {
  description = "VM size of the nodes that score."
  type        = string
  default     = "Standard_NC4as_T4_v3"

  validation {
    condition     = startswith(var.gpu_vm_size, "Standard_N")
    error_message = "gpu_vm_size has to be a size with a GPU, such as Standard_NC4as_T4_v3."
  }
}

variable "gpu_nodes_max" {
  description = "Most nodes with a GPU; 0 scores on the CPU and makes no such pool."
  type        = number
  default     = 2

  validation {
    condition     = var.gpu_nodes_max >= 0 && var.gpu_nodes_max <= 100
    error_message = "gpu_nodes_max has to be from 0 to 100."
  }
}

variable "workload_namespace" {
  description = "Kubernetes namespace whose service account realtime-insight gets the managed identity."
  type        = string
  default     = "realtime-insight"

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.workload_namespace))
    error_message = "workload_namespace has to be a Kubernetes namespace name."
  }
}
