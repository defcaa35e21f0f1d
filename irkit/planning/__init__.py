"""The memory planner: when each tensor of a graph lives, and where, in one block of memory.

plan = irkit.plan(model, sizes={"batch": 1})
print(plan)      # bytes without a plan, with it, and the least that any plan needs
"""

from irkit.planning.offsets import Interval, place
from irkit.planning.plan import MemoryPlan, plan_graph, plan_memory

__all__ = ["Interval", "MemoryPlan", "place", "plan_graph", "plan_memory"]
