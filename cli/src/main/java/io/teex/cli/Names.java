package io.teex.cli;

import io.teex.blobs.Cid;
import io.teex.protocol.TeexException;
import io.teex.sdk.Market;
import io.teex.sdk.Metadata;

/** What providers call what they list. Their words: shown, never believed. */
final class Names {
  private static final int LENGTH_MAX = 40;

  private Names() {}

  static String of(Market market, String metadataCid) {
    try {
      String name = Metadata.decode(market.blobs().get(Cid.parse(metadataCid))).name();
      String printable = name.replaceAll("\\p{C}", "?");
      return printable.length() > LENGTH_MAX ? printable.substring(0, LENGTH_MAX) + "…" : printable;
    } catch (TeexException e) {
      return "(no name: " + e.code() + ")";
    }
  }
}
