package io.teex.teeds;

/**
 * How far a store is, and what protects it.
 *
 * @param revision of the last change
 * @param epoch counts the starts of a single replica; state of an older epoch is never written on
 */
public record StoreStatus(long revision, long epoch, RollbackProtection rollbackProtection) {

  /** What keeps the host from serving an older state than the newest. */
  public enum RollbackProtection {
    /** Nothing: a host that puts back an old copy of the disk is not noticed. */
    UNPROTECTED("ROLLBACK-UNPROTECTED"),
    /** In-memory state of this process: it cannot be older than the process. */
    VOLATILE("VOLATILE");

    private final String label;

    RollbackProtection(String label) {
      this.label = label;
    }

    /** The protection of a label; of one that this version does not know, nothing is believed. */
    static RollbackProtection of(String label) {
      for (RollbackProtection protection : values()) {
        if (protection.label.equals(label)) {
          return protection;
        }
      }
      return UNPROTECTED;
    }

    /** As it is shown and sent. */
    public String label() {
      return label;
    }
  }
}
