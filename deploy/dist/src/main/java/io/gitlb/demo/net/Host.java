// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import io.gitlb.schema.value.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One machine of the sandbox: a network namespace, or the real machine itself. Commands and
/// processes that are started here see this host's interfaces only.
public final class Host {

  private final Sandbox sandbox;
  private final String name;
  private final Optional<String> namespace;

  Host(Sandbox sandbox, String name, Optional<String> namespace) {
    this.sandbox = sandbox;
    this.name = name;
    this.namespace = namespace;
  }

  /// Short name within the sandbox, such as `node-a`.
  public String name() {
    return name;
  }

  /// The network namespace as `ip netns` lists it; empty for the real machine.
  public Optional<String> namespace() {
    return namespace;
  }

  /// Runs a command on this host to its end, at most half a minute.
  public CommandResult exec(String... command) {
    return Commands.run(inside(List.of(command)));
  }

  /// Starts a process on this host; its output goes to `NAME.log`. It ends with the sandbox at the
  /// latest.
  ///
  /// @param environment variable → value, on top of our own environment
  public RunningProcess start(
      String processName, List<String> command, Map<String, String> environment) {
    return sandbox.start(processName, inside(command), environment);
  }

  /// Gives an interface one more address, such as `192.0.2.1/24`, usable at once.
  public void address(String interfaceName, String cidr) {
    List<String> command = new ArrayList<>(List.of("address", "add", cidr, "dev", interfaceName));
    if (cidr.contains(":")) {
      command.add("nodad");
    }
    ip(command.toArray(String[]::new)).orThrow();
  }

  /// Runs `ip` on this host.
  public CommandResult ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    namespace.ifPresent(namespaceName -> command.addAll(List.of("-n", namespaceName)));
    command.addAll(List.of(arguments));
    return Commands.run(command);
  }

  /// The MAC address of one of this host's interfaces.
  public MacAddress mac(String interfaceName) {
    String shown = ip("-brief", "link", "show", "dev", interfaceName).orThrow();
    return MacAddress.of(shown.strip().split("\\s+")[2]);
  }

  /// Asks by broadcast who has an address, once a second, until there were as many answers as
  /// `requests` or that many seconds are over. Two hosts that both answer are both seen when
  /// `requests` is at least 2.
  ///
  /// @return the MAC address of each answer, in the order in which they came
  public List<MacAddress> arping(String interfaceName, String address, int requests) {
    String count = String.valueOf(requests);
    CommandResult result =
        exec("arping", "-b", "-c", count, "-w", count, "-I", interfaceName, address);
    return ArpReply.allIn(result.output()).stream().map(ArpReply::sender).toList();
  }

  /// The route that the kernel has for exactly this prefix, as `ip route` prints it; empty without
  /// one.
  public Optional<String> kernelRoute(String prefix) {
    String route = ip("route", "show", "exact", prefix).output().strip();
    return route.isEmpty() ? Optional.empty() : Optional.of(route);
  }

  List<String> inside(List<String> command) {
    List<String> whole = new ArrayList<>();
    namespace.ifPresent(
        namespaceName -> whole.addAll(List.of("ip", "netns", "exec", namespaceName)));
    whole.addAll(command);
    return whole;
  }

  @Override
  public String toString() {
    return name;
  }
}
