"""Feeders: tools that read dependency manifests and say which packages they name. One file a tool."""
