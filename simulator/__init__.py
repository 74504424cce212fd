"""The model of a chat community: reads no file, prints nothing, knows neither strategies nor configuration."""
