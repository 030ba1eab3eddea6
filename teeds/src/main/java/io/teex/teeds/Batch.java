package io.teex.teeds;

import java.util.ArrayList;
import java.util.List;

/** The content of one log record: the commands of all callers who waited. */
final class Batch {
  private Batch() {}

  static byte[] encode(List<byte[]> commands) {
    int bytes = 4;
    for (byte[] command : commands) {
      bytes = Math.addExact(bytes, 4 + command.length);
    }
    ByteWriter out = new ByteWriter(bytes);
    out.u32(commands.size());
    commands.forEach(out::sized);
    return out.toArray();
  }

  static List<Command> decode(byte[] record) {
    ByteReader in = new ByteReader(record);
    List<Command> commands = new ArrayList<>();
    for (int count = in.u32(); count > 0; count--) {
      commands.add(Command.decode(in.raw(in.u32())));
    }
    if (!in.atEnd()) {
      throw ByteReader.malformed("bytes after a batch");
    }
    return commands;
  }
}
