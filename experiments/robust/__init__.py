"""How far a choice among arms holds: how often each wins over plausible worlds, and what flips the winner.

``worlds`` counts wins and regrets, ``saltelli`` tells what makes the gap between the two leading arms,
``flips`` finds where it changes sign; ``study`` runs it all, ``frames``, ``words`` and ``chart`` show it.
"""
