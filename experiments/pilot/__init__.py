"""How large a real trial must be to see a simulated effect, by simulating the trial itself.

A real trial is unpaired: other groups get the tactic than go without, and all live in one world, the true
one, which nobody knows. ``groups`` simulates groups of both kinds in many plausible worlds, ``trials`` draws
trials from them and tests them as one would a real one, ``plan`` finds what is needed; ``frames``, ``words``
and ``chart`` show it.
"""
