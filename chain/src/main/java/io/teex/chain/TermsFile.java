package io.teex.chain;

import io.teex.chain.Deployment.ManagerQuotes;
import io.teex.chain.Deployment.Parties;
import io.teex.chain.Deployment.Terms;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a market is to be deployed with, as JSON; times as ISO 8601 has them:
 *
 * <pre>{@code
 * {"token": "0x…", "governance": "0x…", "withdrawDelay": "PT2H", "trustDelay": "P2D", "period": "P1D",
 *  "window": "PT8H", "answerTime": "PT8H", "grace": "PT1H", "unbondingTime": "P7D",
 *  "bond": "1000000", "rewardMax": "1000000", "managerQuoteLife": "P7D"}
 * }</pre>
 *
 * <p>Without {@code managerQuoteLife} managers need no quote. All else is said, so that nothing
 * that holds for ever is left to a default. Quotes lead up to Intel's root.
 */
public record TermsFile(Terms terms, Parties parties) {
  private static final String QUOTE_LIFE = "managerQuoteLife";
  private static final Duration QUOTE_LIFE_MAX = Duration.ofDays(30);
  private static final Set<String> KEYS =
      Set.of(
          "token",
          "governance",
          "withdrawDelay",
          "trustDelay",
          "period",
          "window",
          "answerTime",
          "grace",
          "unbondingTime",
          "bond",
          "rewardMax",
          QUOTE_LIFE);

  /**
   * @throws TeexException {@code USAGE} if the file is missing, is not of the form above, or names
   *     terms that do not fit each other
   */
  public static TermsFile read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s: no terms of a market: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "the file %s with the terms cannot be read".formatted(file), e);
    }
  }

  static TermsFile parse(String text) {
    JsonNode json = new JsonMapper().readTree(text);
    if (!json.isObject()) {
      throw new IllegalArgumentException("expected a JSON object");
    }
    Set<String> unknown = new TreeSet<>(json.propertyNames());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown key %s; known are %s"
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(KEYS))));
    }
    Terms terms =
        new Terms(
            time(json, "withdrawDelay"),
            time(json, "trustDelay"),
            time(json, "period"),
            time(json, "window"),
            time(json, "answerTime"),
            time(json, "grace"),
            time(json, "unbondingTime"),
            value(json, "bond", Amount::parse, "a whole number of base units"),
            value(json, "rewardMax", Amount::parse, "a whole number of base units"),
            quotes(json));
    requireFitting(terms);
    return new TermsFile(terms, new Parties(account(json, "token"), account(json, "governance")));
  }

  private static ManagerQuotes quotes(JsonNode json) {
    if (!json.has(QUOTE_LIFE)) {
      return new ManagerQuotes.NotAsked();
    }
    Duration life = time(json, QUOTE_LIFE);
    if (life.isZero() || life.compareTo(QUOTE_LIFE_MAX) > 0) {
      throw new IllegalArgumentException(
          "'%s' is %s, expected PT1S to %s".formatted(QUOTE_LIFE, life, QUOTE_LIFE_MAX));
    }
    return new ManagerQuotes.Needed(life, QuoteContracts.INTEL_ROOT);
  }

  /** As the constructors demand, who would say so only when half of the market is deployed. */
  private static void requireFitting(Terms terms) {
    requireAtLeast("window", terms.window(), Duration.ofSeconds(1), "a second");
    requireAtLeast("answerTime", terms.answerTime(), Duration.ofSeconds(1), "a second");
    requireAtLeast(
        "period",
        terms.period(),
        terms.window().plus(terms.answerTime().multipliedBy(2)),
        "window and twice answerTime");
    requireAtLeast(
        "unbondingTime",
        terms.unbondingTime(),
        terms.withdrawDelay().plus(terms.period().multipliedBy(2)),
        "withdrawDelay and twice period");
  }

  private static void requireAtLeast(String name, Duration seen, Duration min, String what) {
    if (seen.compareTo(min) < 0) {
      throw new IllegalArgumentException(
          "'%s' is %s, expected at least %s: %s".formatted(name, seen, min, what));
    }
  }

  private static Address account(JsonNode json, String name) {
    Address account = value(json, name, Address::fromHex, "0x and 40 hexadecimal digits");
    if (account.isZero()) {
      throw new IllegalArgumentException("'%s' is the zero address".formatted(name));
    }
    return account;
  }

  private static Duration time(JsonNode json, String name) {
    return value(json, name, TermsFile::seconds, "whole seconds, such as PT2H or P7D");
  }

  private static Duration seconds(String text) {
    Duration time = Duration.parse(text);
    if (time.isNegative() || !time.equals(time.truncatedTo(ChronoUnit.SECONDS))) {
      throw new IllegalArgumentException(text);
    }
    return time;
  }

  private static <T> T value(
      JsonNode json, String name, Function<String, T> parse, String expected) {
    if (!json.path(name).isString()) {
      throw new IllegalArgumentException("'%s' is missing or no text".formatted(name));
    }
    String text = json.get(name).asString();
    try {
      return parse.apply(text);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "'%s' is '%s', expected %s".formatted(name, text, expected), e);
    }
  }
}
