package io.teex.attestation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects the answers of one verification. */
public final class Checks {
  private final List<Check> answers = new ArrayList<>();

  /** Records the answer and passes it on. */
  public boolean require(boolean holds, String name, Reason reason, Supplier<String> detail) {
    answers.add(holds ? new Check.Passed(name) : new Check.Failed(name, reason, detail.get()));
    return holds;
  }

  public void pass(String name) {
    answers.add(new Check.Passed(name));
  }

  public void fail(String name, Reason reason, String detail) {
    answers.add(new Check.Failed(name, reason, detail));
  }

  public List<Check> answers() {
    return List.copyOf(answers);
  }
}
