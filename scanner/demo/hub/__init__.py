"""An embedded Hugging Face Hub on loopback: what the demonstration, the tests and the benchmarks ask."""
