"""The toy rule as a Mesa tutorial would write it: an object a member, a method a day."""

import math

import mesa

from benchmarks import toy


class Member(mesa.Agent):
    def __init__(self, model, role):
        super().__init__(model)
        self.role = role
        self.m, self.h, self.fatigue = toy.START, 0.0, 0.0
        self.came = self.came_yesterday = self.gone = False
        self.messages = 0
        self.neighbours = []

    def step(self):
        if self.gone:
            return
        draw = self.model.random.random
        near = 0
        for other in self.neighbours:
            if other.came_yesterday:
                near += 1
        s = near / (3 + len(self.neighbours))
        x = toy.BASE[self.role] + 2 * self.m + 1.5 * self.h + 2 * s - self.fatigue
        self.came = draw() < 1 / (1 + math.exp(-x))
        self.messages = self.model.poisson(toy.TALK[self.role] * self.m) if self.came else 0
        self.m = min(1.0, max(0.0, self.m + 0.05 * s - (0.002 if self.came else 0.01)))
        self.h += 0.02 * (self.came - self.h)
        self.fatigue += 0.1 * (self.model.messages / 200 - self.fatigue)
        if self.m < 0.1 and draw() < 0.05:
            self.gone = True

    def advance(self):
        self.came_yesterday = self.came and not self.gone


class Toy(mesa.Model):
    def __init__(self, members, rng=None):
        super().__init__(rng=rng)
        self.messages = 0
        people = [Member(self, int(role)) for role in toy.roles(members)]
        for a, b in toy.graph(members).edges:
            people[a].neighbours.append(people[b])
            people[b].neighbours.append(people[a])
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "visitors": lambda model: sum(agent.came_yesterday for agent in model.agents),
                "messages": "messages",
            }
        )

    def poisson(self, mean):
        limit, n, p = math.exp(-mean), 0, self.random.random()
        while p > limit:
            n += 1
            p *= self.random.random()
        return n

    def step(self):
        self.agents.do("step")
        self.agents.do("advance")
        self.messages = sum(agent.messages for agent in self.agents if not agent.gone)
        self.datacollector.collect(self)


def run(members, days, seed=0):
    """Simulate one community; returns visitors and messages, each ``(days,)``."""
    model = Toy(members, rng=seed)
    for _ in range(days):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    return frame["visitors"].to_numpy(), frame["messages"].to_numpy()
