"""The court bundle: a case gathered from vault and log, and sealed; no vault is needed to check one."""
