"""The cloud function: its doors, its schedule, and the whole way from the scheduler to coloured tabs."""
