"""The workshop: mixed groups over rounds, cards, proposals, and a reasoned answer to each."""
