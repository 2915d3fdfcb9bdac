terraform {
  required_version = ">= 1.9.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.50"
    }
  }

  # State holds resource ids and addresses; keep it in a storage account that few may read. Settings come from `terraform init -backend-config=...`.
  backend "azurerm" {}
}

provider "azurerm" {
  features {}
  subscription_id = var.subscription_id
  # Storage is reached with Entra identities only: the account's keys are off.
  storage_use_azuread = true
}
