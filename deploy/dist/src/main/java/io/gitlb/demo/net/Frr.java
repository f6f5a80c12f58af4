// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A real FRR router on one host: zebra, bfdd and bgpd under a path space of their own (`-N`), so
/// that it meets no FRR that the machine itself runs.
public final class Frr implements AutoCloseable {

  static final Path CONFIGURATION = Path.of("/etc/frr");
  static final Path STATE = Path.of("/var/run/frr");

  private static final Path DAEMONS = Path.of("/usr/lib/frr");

  private final Host host;
  private final String space;

  private Frr(Host host, String space) {
    this.host = host;
    this.space = space;
  }

  /// Starts the daemons and has them read `configuration`, in the syntax of `frr.conf`. eBGP with
  /// GitLB needs `no bgp ebgp-requires-policy` there.
  public static Frr start(Sandbox sandbox, Host host, String configuration) {
    Frr frr = new Frr(host, host.namespace().orElseThrow());
    sandbox.closeLater(frr);
    try {
      Path directory = frr.directories();
      Files.writeString(directory.resolve("frr.conf"), configuration);
      Files.writeString(directory.resolve("vtysh.conf"), "");
      Commands.run(List.of("chown", "frr:frr", directory + "/frr.conf", directory + "/vtysh.conf"))
          .orThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String daemon : List.of("zebra", "bfdd", "bgpd")) {
      host.exec(DAEMONS.resolve(daemon).toString(), "-N", frr.space, "-d", "-A", "127.0.0.1")
          .orThrow();
    }
    // The daemons start empty: this is what makes them read frr.conf.
    host.exec("vtysh", "-N", frr.space, "-b").orThrow();
    return frr;
  }

  /// The answer to one `vtysh` command, such as `show bgp summary`.
  public String show(String command) {
    return host.exec("vtysh", "-N", space, "-c", command).output();
  }

  /// Runs configuration lines, as typed after `configure terminal`.
  public void configure(String... lines) {
    List<String> command =
        new ArrayList<>(List.of("vtysh", "-N", space, "-c", "configure terminal"));
    for (String line : lines) {
      command.addAll(List.of("-c", line));
    }
    host.exec(command.toArray(String[]::new)).orThrow();
  }

  /// The host that it runs on.
  public Host host() {
    return host;
  }

  /// Ends the daemons as a power cut does, waits until they are gone, and removes their files.
  @Override
  public void close() {
    Path state = STATE.resolve(space);
    List<Long> daemons = new ArrayList<>();
    try (DirectoryStream<Path> pidFiles = Files.newDirectoryStream(state, "*.pid")) {
      for (Path file : pidFiles) {
        daemons.add(Long.parseLong(Files.readString(file).strip()));
      }
    } catch (IOException | NumberFormatException e) {
      // A daemon that wrote no pid file has not started, or ends with its namespace.
    }
    Leftovers.kill(daemons);
    Leftovers.removeTree(state);
    Leftovers.removeTree(CONFIGURATION.resolve(space));
  }

  private Path directories() {
    for (Path parent : List.of(CONFIGURATION, STATE)) {
      Commands.run(
              List.of("install", "-d", "-o", "frr", "-g", "frr", parent.resolve(space).toString()))
          .orThrow();
    }
    return CONFIGURATION.resolve(space);
  }
}
