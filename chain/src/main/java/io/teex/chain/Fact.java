package io.teex.chain;

import java.util.function.Function;

/**
 * Something that the chain says.
 *
 * @param block the number of the block as of which it holds
 */
public record Fact<T>(T value, Trust trust, long block) {

  /** What follows from the fact is known as well as the fact. */
  public <R> Fact<R> map(Function<? super T, ? extends R> function) {
    return new Fact<>(function.apply(value), trust, block);
  }
}
