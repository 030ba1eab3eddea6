package io.teex.cli;

import io.teex.chain.ChainEndpoints;
import io.teex.chain.Keystore;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.io.Console;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who acts: an account of the embedded market, or whoever holds a key, or a program that does. */
final class AccountOption {
  private static final String PASSWORD_VARIABLE = "TEEX_PASSWORD";

  @Option(
      names = "--as",
      paramLabel = "ACCOUNT",
      description =
          "An account of the embedded market: alice, bob, carol, provider, data-provider …")
  private @Nullable String account;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "A file, readable by its owner only, with a private key in hexadecimal or a keystore of version 3.")
  private @Nullable Path keyFile;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "The keystore's password; otherwise $" + PASSWORD_VARIABLE + ", or you are asked.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--key-env",
      paramLabel = "NAME",
      description = "An environment variable with a private key in hexadecimal.")
  private @Nullable String keyVariable;

  @Option(
      names = "--signer",
      paramLabel = "URL",
      description =
          "A program that signs over JSON-RPC: eth_signTransaction, and eth_signTypedData_v4 for all else.")
  private @Nullable String signer;

  @Option(
      names = "--signer-account",
      paramLabel = "ADDRESS",
      converter = Hexes.Account.class,
      description = "The account that it signs for.")
  private @Nullable Address signerAccount;

  private SigningKey key(Account otherwise) {
    if (keyFile != null) {
      byte[] content = InputFile.read(keyFile);
      return Keystore.isOne(content)
          ? Keystore.open(keyFile.toString(), content, password(keyFile))
          : hexadecimal(keyFile.toString(), new String(content, StandardCharsets.US_ASCII));
    }
    if (keyVariable != null) {
      String value = System.getenv(keyVariable);
      if (value == null) {
        throw usage("there is no environment variable %s".formatted(keyVariable));
      }
      return hexadecimal("$" + keyVariable, value);
    }
    return account == null ? otherwise.key() : Account.named(account).key();
  }

  /**
   * Who signs for who acts.
   *
   * @throws TeexException {@code USAGE} if no key can be read, {@code PERMISSION_DENIED} if a
   *     password is wrong
   */
  TransactionSigner signer(Account otherwise) {
    requireOne();
    if (signer == null) {
      return TransactionSigner.of(key(otherwise));
    }
    if (signerAccount == null) {
      throw usage("--signer needs --signer-account, the account that it signs for");
    }
    try {
      List<URI> urls = ChainEndpoints.parse(signer).urls();
      if (urls.size() > 1) {
        throw usage("--signer: %d URLs are given, expected one".formatted(urls.size()));
      }
      URI url = urls.getFirst();
      return TransactionSigner.remote(url, signerAccount);
    } catch (IllegalArgumentException e) {
      // The URL may hold a credential; this message does not quote it.
      throw usage("--signer: " + e.getMessage());
    }
  }

  /**
   * The same where nobody acts unless she is named.
   *
   * @throws TeexException {@code USAGE} if nobody is
   */
  TransactionSigner signer() {
    if (account == null && keyFile == null && keyVariable == null && signer == null) {
      throw usage("say who pays: --key-file, --key-env, --signer, or --as on a development chain");
    }
    return signer(Account.GOVERNANCE);
  }

  private void requireOne() {
    long given = Stream.of(account, keyFile, keyVariable, signer).filter(Objects::nonNull).count();
    if (given > 1) {
      throw usage("give one of --as, --key-file, --key-env and --signer");
    }
  }

  private SecretBytes password(Path keystore) {
    if (passwordFile != null) {
      byte[] content = InputFile.read(passwordFile);
      int end = content.length;
      while (end > 0 && (content[end - 1] == '\n' || content[end - 1] == '\r')) {
        end--;
      }
      return SecretBytes.owned(Arrays.copyOf(content, end));
    }
    String value = System.getenv(PASSWORD_VARIABLE);
    if (value != null) {
      return SecretBytes.owned(value.getBytes(StandardCharsets.UTF_8));
    }
    char[] typed =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .map(console -> console.readPassword("Password of %s: ", keystore))
            .orElseThrow(() ->
                usage(
                    "%s is a keystore: its password comes from --password-file, $%s or a terminal"
                        .formatted(keystore, PASSWORD_VARIABLE)));
    return SecretBytes.owned(new String(typed).getBytes(StandardCharsets.UTF_8));
  }

  private static SigningKey hexadecimal(String source, String text) {
    try (SecretBytes secret = SecretBytes.copyOf(Bytes.fromHex(text.strip()).copy())) {
      return SigningKey.of(secret);
    } catch (IllegalArgumentException e) {
      // The cause could quote the key.
      throw usage(
          "%s holds no private key: expected 64 hexadecimal digits%s"
              .formatted(source, source.startsWith("$") ? "" : ", or a keystore"));
    }
  }

  private static TeexException usage(String what) {
    return new TeexException(ErrorCode.USAGE, what);
  }
}
