# Short names for scripts/dev; arguments: make test ARGS="-k pickle".
.PHONY: demo test lint bench docs lock setup
.NOTPARALLEL:

demo test lint bench docs lock setup:
	@scripts/dev $@ $(ARGS)
