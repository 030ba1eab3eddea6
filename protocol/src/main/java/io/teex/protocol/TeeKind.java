package io.teex.protocol;

import java.util.EnumSet;
import java.util.Set;

/** A family of trusted hardware; orders name the accepted ones as a bit mask. */
public enum TeeKind {
  /** No hardware at all: for development, refused wherever it is not named. */
  SIMULATED(1),
  SGX(2),
  TDX(4),
  SNP(8),
  NITRO(16);

  private final int bit;

  TeeKind(int bit) {
    this.bit = bit;
  }

  public int bit() {
    return bit;
  }

  public boolean isIn(int mask) {
    return (mask & bit) != 0;
  }

  public static int mask(Set<TeeKind> kinds) {
    int mask = 0;
    for (TeeKind kind : kinds) {
      mask |= kind.bit;
    }
    return mask;
  }

  /** The known kinds of a mask; unknown bits are left out. */
  public static Set<TeeKind> ofMask(int mask) {
    EnumSet<TeeKind> kinds = EnumSet.noneOf(TeeKind.class);
    for (TeeKind kind : values()) {
      if (kind.isIn(mask)) {
        kinds.add(kind);
      }
    }
    return kinds;
  }
}
