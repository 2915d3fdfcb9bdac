# Copy to a file of your own and give it with -var-file. There is no secret among the variables.
subscription_id      = "00000000-0000-0000-0000-000000000000"
name                 = "shopinsight"
location             = "westeurope"
api_server_addresses = ["203.0.113.0/24"]
