"""The sample repository: a good and a bad change to see Modelward at work on."""
