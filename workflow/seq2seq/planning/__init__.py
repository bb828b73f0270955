"""What a run takes: measured rates, forecasts from them, and what was taken."""
