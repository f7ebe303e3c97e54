#!/usr/bin/python3
"""Short reviews from a grammar of our own, each glad or not.

A review is named by a seed and an index; its label is the last bit of the index. What makes it glad
is not a word alone: `not` turns what follows, and after `but` only what follows counts.

    grammar.py --seed 9000 --count 500     one a line: label, tab, text
"""

import argparse

import numpy as np

LABELS = ['negative', 'positive']

THINGS = ('film story plot ending music acting food soup bread coffee cake room bed view service '
          'staff waiter concert book cover game level map shop lamp chair phone camera battery '
          'screen trip bus boat museum garden').split()
GOOD = ('good great wonderful lovely excellent charming superb pleasant brilliant delightful '
        'beautiful perfect fresh warm friendly clever').split()
BAD = ('bad awful terrible poor dull horrible boring dreadful nasty clumsy broken cold rude stale '
       'ugly weak').split()
NEUTRAL = 'old new small large red blue long short quiet early local second'.split()
VERBS_GOOD = 'liked loved enjoyed adored recommend praised'.split()
VERBS_BAD = 'hated disliked regretted despised returned mourned'.split()
HOW = 'very really quite rather truly so extremely'.split()
WHEN = ('yesterday', 'last week', 'in the evening', 'on monday', 'with my sister', 'after work',
        'for the second time', 'with friends', 'in the rain', 'this summer')
BE = 'was seemed felt looked'.split()
START = ('well ,', 'honestly ,', 'to be fair ,', 'so', 'in short ,', 'we came by chance .',
         'i read about it before .')


def one(rng, words):
    return words[int(rng.integers(len(words)))]


def judgement(rng, glad):
    """What is said of a thing: `very good`, `not bad`, `not very good`."""
    turned = rng.random() < 0.3
    words = [one(rng, GOOD if glad != turned else BAD)]
    if rng.random() < 0.4:
        words.insert(0, one(rng, HOW))
    return (['not'] if turned else []) + words


def clause(rng, glad):
    thing = one(rng, THINGS)
    some = [one(rng, NEUTRAL)] if rng.random() < 0.3 else []
    kind = rng.random()
    if kind < 0.6:
        return ['the'] + some + [thing, one(rng, BE)] + judgement(rng, glad)
    if kind < 0.8:
        turned = rng.random() < 0.25
        verb = one(rng, VERBS_GOOD if glad != turned else VERBS_BAD)
        return ['i'] + (['never'] if turned else []) + [verb, 'the'] + some + [thing]
    return ['what', 'a'] + some + [one(rng, GOOD if glad else BAD), thing]


def review(seed, index, glad=None):
    """The words of a review, and its label."""
    rng = np.random.default_rng([seed, index])
    glad = index % 2 == 1 if glad is None else glad
    words = one(rng, START).split() if rng.random() < 0.3 else []
    if rng.random() < 0.3:
        words += clause(rng, not glad) + ['but'] + clause(rng, glad)
    else:
        words += clause(rng, glad)
        if rng.random() < 0.4:
            words += ['and'] + clause(rng, glad)
    if rng.random() < 0.4:
        words += one(rng, WHEN).split()
    return words + [one(rng, ('.', '.', '!'))], int(glad)


def vocabulary():
    """Every word the grammar has; a word's place is its number. The first two stand for no word."""
    words = set('the i a what and but not never . !'.split())
    for group in (THINGS, GOOD, BAD, NEUTRAL, VERBS_GOOD, VERBS_BAD, HOW, BE):
        words.update(group)
    for phrase in START + WHEN:
        words.update(phrase.split())
    return ['[padding]', '[unknown]'] + sorted(words)


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--count', type=int, default=20)
    a = p.parse_args()
    for i in range(a.count):
        words, label = review(a.seed, i)
        print(f'{label}\t{" ".join(words)}')


if __name__ == '__main__':
    main()
