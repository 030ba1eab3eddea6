package io.teex.teeds;

import java.io.IOException;
import java.util.List;

/**
 * The files of one replica, under flat names, held by one process at a time. Nothing is believed of
 * what is read; of a write only that it lasts once {@link Appender#sync()} or the method that says
 * so has returned.
 */
interface Disk extends AutoCloseable {
  /** The names of all files. */
  List<String> names() throws IOException;

  /** Makes an empty file, in the place of any of that name. */
  Appender create(String name) throws IOException;

  Source open(String name) throws IOException;

  /** Renames a synced file, in the place of any of that name; durable when it returns. */
  void publish(String draft, String name) throws IOException;

  /** Removes a file; it may come back after a crash. */
  void delete(String name) throws IOException;

  @Override
  void close() throws IOException;

  /** A file that grows. */
  interface Appender extends AutoCloseable {
    /** Adds {@code bytes[0, count)}; any part of it may be there if this fails. */
    void append(byte[] bytes, int count) throws IOException;

    /** Returns once everything appended is durable. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A file that does not change any more. */
  interface Source extends AutoCloseable {
    long size();

    /** The bytes at {@code position}, exactly {@code count}. */
    byte[] read(long position, int count) throws IOException;

    @Override
    void close() throws IOException;
  }
}
