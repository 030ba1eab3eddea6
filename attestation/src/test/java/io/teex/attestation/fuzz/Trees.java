package io.teex.attestation.fuzz;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Spoils one or a few items of a tree and leaves all lengths around them right, so that readers get
 * to what is inside: items are taken out, doubled, exchanged, nested, and given other kinds and
 * contents; now and then one lies about its length.
 */
final class Trees implements Mutator {
  private static final int MUTATIONS_MAX = 3;
  private static final int CONTENT_MAX = 40;
  private static final int DEPTH_MAX = 600;

  private final Tree.Format format;

  Trees(Tree.Format format) {
    this.format = format;
  }

  @Override
  public Source of(byte[] seed) {
    Tree tree = format.parse(seed);
    if (tree == null) {
      return random -> seed;
    }
    return random -> {
      Tree spoilt = tree;
      int count = 1 + random.nextInt(MUTATIONS_MAX);
      for (int i = 0; i < count; i++) {
        spoilt = spoilt(spoilt, random);
      }
      return spoilt.encoded(format);
    };
  }

  private static Tree spoilt(Tree root, RandomGenerator random) {
    Tree other = root.at(random.nextInt(root.size()));
    return root.replaced(
        random.nextInt(root.size()),
        one ->
            switch (random.nextInt(12)) {
              case 0 -> List.of();
              case 1 -> List.of(one, one);
              case 2 -> List.of(other);
              case 3 -> List.of(one, other);
              case 4 -> List.of(one.withHead(random.nextInt(256)));
              case 5 -> List.of(one.withHead(one.head() ^ (1 << random.nextInt(8))));
              case 6 ->
                  List.of(
                      Tree.leaf(one.head(), Mutations.random(random, random.nextInt(CONTENT_MAX))));
              case 7, 8 -> List.of(withOtherContent(one, random));
              case 9 -> List.of(one.withLie(random.nextInt(-3, 4)));
              case 10 -> List.of(one.withLie(1L << random.nextInt(63)));
              default ->
                  List.of(nested(one, random.nextInt(10) == 0 ? random.nextInt(DEPTH_MAX) : 1));
            });
  }

  private static Tree withOtherContent(Tree one, RandomGenerator random) {
    if (one.content().length == 0) {
      return one.holds() ? one.with(random.nextInt(one.children().size() + 1), one) : one;
    }
    byte[] content = one.content().clone();
    content[random.nextInt(content.length)] = (byte) random.nextInt();
    return one.withContent(content);
  }

  private static Tree nested(Tree one, int depth) {
    Tree nested = one;
    for (int i = 0; i < depth; i++) {
      nested = Tree.branch(one.head(), new byte[0], List.of(nested));
    }
    return nested;
  }
}
