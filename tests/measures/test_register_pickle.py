import pickle

from ytterby.measures import Register


def test_a_register_travels_to_another_process_whatever_was_read_of_it():
    register = Register.default()
    assert register.events
    assert register.reactions
    copy = pickle.loads(pickle.dumps(register))
    assert copy.ids == register.ids
    assert copy["CHN-A61-2025"] == register["CHN-A61-2025"]
