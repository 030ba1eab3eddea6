package io.teex.cli;

import io.teex.market.Account;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who acts: an account of the embedded market, or whoever holds a key in a file. */
final class AccountOption {
  @Option(
      names = "--as",
      paramLabel = "ACCOUNT",
      description =
          "An account of the embedded market: alice, bob, carol, provider, data-provider …")
  private @Nullable String account;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "A file with a private key in hexadecimal, readable by its owner only.")
  private @Nullable Path keyFile;

  SigningKey key(Account otherwise) {
    if (keyFile == null) {
      return account == null ? otherwise.key() : Account.named(account).key();
    }
    try {
      String hex = new String(InputFile.read(keyFile), StandardCharsets.US_ASCII).strip();
      try (SecretBytes secret = SecretBytes.copyOf(Bytes.fromHex(hex).copy())) {
        return SigningKey.of(secret);
      }
    } catch (IllegalArgumentException e) {
      // The cause could quote the key.
      throw new TeexException(
          ErrorCode.USAGE,
          "%s holds no private key: expected 64 hexadecimal digits".formatted(keyFile));
    }
  }
}
