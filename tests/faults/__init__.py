"""The house under fault, from the first post to the last word.

`kill -9` at every boundary: `test_every_boundary`, with the installation (`harness`, `life`,
`boundaries`), its small incident (`scenario`, `person`), places (`world`) and databases
(`stores`). A forum that fails meanwhile: `test_faulty_platform`. The service as it runs:
`test_service_killed`. Many senders: `test_sends_at_once`. Any order of events: `test_any_order`,
told by `story`. What must hold at all times: `laws`. That all this sees a fault where there is
one: `test_mutants`, `test_mutants_of_the_loop`. Hostile feeds: `test_feed_bombs`.
"""
