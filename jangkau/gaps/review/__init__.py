"""A review sample: people drawn from a finished run, looked at blindly, and what their answers say of the figure."""
