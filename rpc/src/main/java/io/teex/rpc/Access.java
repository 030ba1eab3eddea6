package io.teex.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.teex.protocol.Role;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who may call which method of a service. A method that is not in the table is refused to
 * everybody. Immutable: each step returns a new table.
 *
 * <pre>{@code
 * Access.none().nodes("Enrol", Role.STORE, Role.DISPATCHER, Role.WORKER).anybody("Status")
 * }</pre>
 */
public final class Access {
  private static final Access NONE = new Access(Map.of());

  /** Who may call one method. */
  private record Rule(Set<Role> roles, boolean anonymous) {
    boolean admits(Peer peer) {
      return switch (peer) {
        case Peer.Anonymous caller -> anonymous;
        case Peer.Node node -> roles.contains(node.role());
      };
    }
  }

  private final Map<String, Rule> rules;

  private Access(Map<String, Rule> rules) {
    this.rules = rules;
  }

  /** Nobody may call anything. */
  public static Access none() {
    return NONE;
  }

  /**
   * Lets attested nodes of these roles call a method.
   *
   * @param method as in the proto file, such as {@code Enrol}
   */
  public Access nodes(String method, Role first, Role... more) {
    return with(method, new Rule(EnumSet.of(first, more), false));
  }

  /**
   * Lets callers who prove nothing, and nodes of these roles, call a method. Such callers may also
   * come over HTTP, where whoever carries a request can send it again: the method has to bear that,
   * see docs/sealed-calls.md.
   */
  public Access users(String method, Role... nodes) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    roles.addAll(Arrays.asList(nodes));
    return with(method, new Rule(roles, true));
  }

  /** Lets everybody call a method, which has to bear what {@link #users} says. */
  public Access anybody(String method) {
    return with(method, new Rule(EnumSet.allOf(Role.class), true));
  }

  private Access with(String method, Rule rule) {
    Map<String, Rule> extended = new HashMap<>(rules);
    if (extended.put(method, rule) != null) {
      throw new IllegalArgumentException("two rules for " + method);
    }
    return new Access(Map.copyOf(extended));
  }

  boolean admits(String method, Peer peer) {
    Rule rule = rules.get(method);
    return rule != null && rule.admits(peer);
  }

  /** A rule for a method that does not exist is a typing error that would lock somebody out. */
  void requireMethodsOf(ServiceDescriptor service) {
    Set<String> known = new HashSet<>();
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      known.add(String.valueOf(method.getBareMethodName()));
    }
    for (String method : rules.keySet()) {
      if (!known.contains(method)) {
        throw new IllegalArgumentException(
            "%s has no method %s".formatted(service.getName(), method));
      }
    }
  }
}
