"""The mathematics: one Pyomo formulation a file, to read, to extend and to check against.

Each module has its sets, parameters with units, numbered equations and references in its
docstring, and the same two functions: ``build(problem)`` gives a Pyomo ``ConcreteModel``,
``read(model, problem)`` the solution. The library itself solves the same problems from arrays
(``bundling.<family>``), which is many times faster; the tests hold both to the same optimum on
random small problems.

A consultant adds a client's side constraint here::

    import pyomo.environ as pyo
    from bundling.models import hubs

    model = hubs.build(problem)
    model.at_most_two_hubs = pyo.Constraint(expr=sum(model.y.values()) <= 2)
    pyo.SolverFactory("appsi_highs").solve(model)
    solution = hubs.read(model, problem)
"""

if __name__ == "models":
    raise ImportError(
        "import this package as 'bundling.models': imported as 'models' from the repository's "
        "root, its modules would exist twice"
    )
