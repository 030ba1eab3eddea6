package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Whatever a person types, she reads a code and a sentence, and never where in the code it was. */
class BadInputTest {
  @TempDir private Path directory;

  private record Ended(int exitCode, String err) {}

  private static Ended teex(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine command = Teex.commandLine().setErr(new PrintWriter(err, true));
    int exitCode = command.execute(arguments);
    return new Ended(exitCode, err.toString());
  }

  private static void assertRefused(ErrorCode code, String what, Ended ended) {
    assertThat(ended.err())
        .startsWith(code + ": ")
        .contains(what)
        .doesNotContain("Exception", "\tat ", "INTERNAL");
    assertThat(ended.exitCode()).isEqualTo(code.exitCode());
  }

  /** The words between bars are arguments; {@code FILE} is a file that is there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"                                              | a command is missing",
        "dance                                             | dance",
        "run                                               | Missing required",
        "run 1 --input FILE --speed 9                      | --speed",
        "node                                              | show, operate, attest, abandon, bond, stake, platform or workers",
        "chain                                             | say what to do: deploy",
        "node stake                                        | say what to do: show, unbond, withdraw or require",
        "chain deploy --terms FILE --output out            | --rpc",
        "chain deploy --rpc ftp://x --terms FILE --output o | http",
        "node show nowhere                                 | a node writes it",
        "node abandon me                                   | seen 'me', expected an account",
        "node platform set 1 me                            | seen '1', expected a hash",
        "run one --input FILE                              | seen 'one', expected the number of a service",
        "run -1 --input FILE                               | ./teex service list",
        "run 1 --input FILE --data x                       | seen 'x', expected the number",
        "run 1 --input FILE --data -1                      | ./teex data publish",
        "run 1 --input FILE --fuel 0                       | seen '0', expected a whole number from 1",
        "run 1 --input FILE --fuel much                    | seen 'much', expected a whole number",
        "run 1 --input FILE --memory-mib 5000              | from 1 to 4096",
        "run 1 --input FILE --max-output -5                | seen '-5'",
        "run 1 --input FILE --lane -1                      | from 0 to 2147483647",
        "run 1 --input FILE --max-fee -1                   | '-1' is no amount",
        "run 1 --input FILE --as zoe                       | there is no account 'zoe'; there are",
        "run 1 --input FILE --key-file FILE                | holds no private key",
        "run 1 --input FILE --key-env TEEX_NOT_SET         | no environment variable TEEX_NOT_SET",
        "run 1 --input FILE --key-env PATH                 | $PATH holds no private key",
        "run 1 --input FILE --key-env A --as alice         | give one of --as, --key-file",
        "run 1 --input FILE --signer http://127.0.0.1:1    | needs --signer-account",
        "money show --signer http://a,http://b --signer-account ACCOUNT | 2 URLs are given",
        "node abandon ACCOUNT --signer http://127.0.0.1:1  | needs --signer-account",
        "node abandon ACCOUNT --signer x --signer-account ACCOUNT | no URL of the form",
        "run 1 --input nothing.bin                         | there is no file nothing.bin",
        "run 1 --input .                                   | is a directory, expected a file",
        "run 1 --input FILE --output .                     | is a directory, expected a file",
        "run 1 --input FILE --output nowhere/out           | nowhere is not there",
        "run 1 --input FILE                                | start a market with `teex dev up`",
        "run 1 --input FILE --within 0                     | from 1 to 86400",
        "job                                               | show, reclaim or replay",
        "job replay TASK                                   | --input",
        "job replay 0x12 --input FILE                      | expected the id of a task",
        "job replay TASK --input FILE                      | run keeps them where the task was ordered",
        "job replay TASK --input FILE --papers FILE        | these are no papers of a task",
        "run 1 --input FILE --response-step 5              | from 10 to 60000",
        "data                                              | publish, revoke or allow-replay",
        "data allow-replay 0x12 TASK --output out          | seen '0x12', expected a hash",
        "data allow-replay TASK TASK --output nowhere/out  | nowhere is not there",
        "job show 0x12                                     | expected the id of a task",
        "receipts 0                                        | seen '0', expected a whole number from 1",
        "receipts --beacon ftp://secret@x                  | no URL of the form http://host:port",
        "receipts --beacon http://a,http://b               | seen 2 URLs, expected one",
        "receipts --dispatcher me                          | seen 'me', expected an account",
        "receipts 1                                        | start a market with `teex dev up`",
        "dev up --receipts all                             | [ROOT, CALLDATA, BLOB]",
        "job reclaim TASK                                  | start a market with `teex dev up`",
        "service                                           | publish or list",
        "service publish nothing.wasm --name echo          | there is no file nothing.wasm",
        "service publish FILE                              | --name",
        "service publish FILE --name echo --price 1.5      | '1.5' is no amount",
        "data publish nothing.bin --service 1              | there is no file nothing.bin",
        "data publish FILE --service -1                    | seen '-1'",
        "data publish FILE --service 1 --uses 0            | seen '0'",
        "data publish FILE --service 1 --days 99999        | from 1 to 3650",
        "data publish FILE --service 1 --max-output -1     | seen '-1'",
        "data publish FILE --service 1 --chunk-bytes 100   | from 1024 to 524288",
        "data publish FILE --service 1 --chunk-bytes 3000  | expected a power of two",
        "data publish FILE --service 1 --from 1            | cut a chunk",
        "data publish FILE --service 1 --to 99             | in a data set of 7 bytes",
        "init                                              | Missing required",
        "init out                                          | --template",
        "init out --template cobol                         | cobol",
        "dev                                               | up, down, reset, status or test",
        "dev test nothing.wasm --input FILE                | there is no file nothing.wasm",
        "dev test FILE                                     | nothing to run",
        "dev test FILE --input FILE --fuel 0               | seen '0'",
        "data revoke first                                 | seen 'first'",
        "money deposit lots                                | 'lots' is no amount",
        "money deposit 1 --days -3                         | seen '-3'",
        "money show --lane 99999999999                     | seen '99999999999'",
        "dev up --workers 0                                | workers: seen 0, expected 1 to 16",
        "dev up --workers two                              | two",
        "dev up --rpc-port 99999                           | seen '99999', expected a whole number from 0 to 65535",
        "demo --tasks 3                                    | --tasks: seen 3, expected 10 to 2000",
        "demo --directory FILE                             | is no directory",
      })
  void saysWhatWasSeenAndWhatWasExpected(String words, String what) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "content");

    Ended ended = teex(arguments(words, file));

    assertRefused(ErrorCode.USAGE, what, ended);
  }

  /** Those that need a market look for it where there is none. */
  private String[] arguments(String words, Path file) {
    String line =
        words.matches("(run|job|service|data|money|dev) (?!test).+")
            ? words + " --market DIR"
            : words;
    if (line.isBlank()) {
      return new String[0];
    }
    return line.replace("FILE", file.toString())
        .replace("TASK", "0x" + "0".repeat(64))
        .replace("ACCOUNT", "0x90F79bf6EB2c4f870365E785982E1f101E93b906")
        .replace("DIR", directory.resolve("market").toString())
        .split(" ");
  }

  @Test
  void readsNoMarketOutOfAFileThatIsNone() throws IOException {
    Files.writeString(directory.resolve("market.json"), "{");

    assertRefused(
        ErrorCode.USAGE,
        "is no market file",
        teex("money", "show", "--market", directory.toString()));
  }

  @Test
  void theDemoTakesNoDirectoryThatHoldsSomething() throws IOException {
    Path diary = Files.writeString(directory.resolve("diary.txt"), "mine");

    assertRefused(
        ErrorCode.ALREADY_EXISTS,
        "is not empty",
        teex("demo", "--directory", directory.toString()));
    assertThat(diary).hasContent("mine");
  }

  @Test
  void forgetsNoDirectoryThatIsNoMarket() throws IOException {
    Path diary = Files.writeString(directory.resolve("diary.txt"), "mine");

    assertRefused(
        ErrorCode.USAGE,
        "does not look like a market",
        teex("dev", "reset", "--market", directory.toString()));
    assertThat(diary).hasContent("mine");
  }
}
