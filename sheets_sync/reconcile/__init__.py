"""What happens to rows that people and the worker share: what people did, what becomes of each key, what is written.

observe → (rules) → lifecycle, corrections → rows of each tab → the memory of the next run
"""
