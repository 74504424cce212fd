"""Choosing a plan: a search over tactics, doses and days under limits of money and hours, then confirmed.

``space`` says what is searched, ``score`` what a candidate is worth and what it breaks, ``search`` asks
Optuna and keeps its log, ``confirm`` plays the best again with fresh luck; the rest shows and writes.
"""
