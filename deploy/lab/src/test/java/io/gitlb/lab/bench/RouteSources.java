// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.lab.segment.Routing;
import io.gitlb.schema.value.Ipv4;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The programs that tell the same router of the same routes.
final class RouteSources {

  static final String BIRD = "10.78.0.21";
  static final String GOBGP = "10.78.0.22";
  static final String EXABGP = "10.78.0.23";

  private RouteSources() {}

  /// Ours runs all the time; what it is told anew is the whole desired state.
  static Announcer gitlb(RouterField field) {
    Routing routing = RouterField.many();
    return new Source(
        FullTable.OURS,
        field.node().address(),
        () -> field.tell(routing),
        () -> field.tell(Routing.NONE),
        () -> field.speakers().speaker(field.node()));
  }

  /// Runs all the time, with static routes and a protocol that is enabled and disabled. It is what
  /// GoBGP has its routes from, too, over a session that stays.
  ///
  /// BIRD 2.0.12 puts 256 routes in a message, and sleeps on the last one of 16 routes until
  /// something wakes it, often for more than a second: the other 39 are on the wire within 50 ms.
  /// So it is asked for its status each 5 ms, which wakes it.
  static Announcer bird(RouterField field) {
    Host host = field.host("bird", BIRD);
    Path control = field.sandbox().scratch().resolve("bird.ctl");
    Path file =
        write(
            field,
            "bird.conf",
            """
            router id 10.78.0.21;
            protocol device {}
            protocol static { ipv4;
            %s}
            template bgp teller {
              local 10.78.0.21 as 64512;
              connect delay time 1; connect retry time 1; error wait time 1, 1;
              ipv4 { import none; export where source = RTS_STATIC; next hop self; };
            }
            protocol bgp upstream from teller { disabled; neighbor 10.78.0.1 as 64513; }
            protocol bgp feed from teller { neighbor 10.78.0.22 as 64512; }
            """
                .formatted(each(prefix -> "route " + prefix + " blackhole;\n")));
    RunningProcess process =
        host.start(
            "bird",
            List.of("/usr/sbin/bird", "-f", "-c", file.toString(), "-s", control.toString()),
            Map.of());
    RouterField.await("BIRD runs", () -> Files.exists(control));
    AtomicReference<Thread> waker = new AtomicReference<>(new Thread());
    return new Source(
        "BIRD",
        BIRD,
        () -> {
          waker.set(Thread.ofPlatform().daemon().start(() -> ask(control)));
          command(host, "/usr/sbin/birdc", "-s", control.toString(), "enable", "upstream");
        },
        () -> {
          Objects.requireNonNull(waker.get()).interrupt();
          command(host, "/usr/sbin/birdc", "-s", control.toString(), "disable", "upstream");
        },
        () -> process);
  }

  private static void ask(Path control) {
    ByteBuffer answer = ByteBuffer.allocate(4_096);
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(control))) {
      while (true) {
        socket.write(ByteBuffer.wrap("show status\n".getBytes(StandardCharsets.US_ASCII)));
        Thread.sleep(5);
        if (socket.read(answer.clear()) < 0) {
          throw new IllegalStateException("BIRD has gone");
        }
      }
    } catch (InterruptedException | ClosedByInterruptException _) {
      // The end of the round.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs all the time. The router begins and ends its sessions and dials: GoBGP itself would wait
  /// 5 to 10 s before it does, and its command gives up when a connection to gobgpd takes a second.
  static Optional<Announcer> gobgp(RouterField field) {
    if (!Files.isExecutable(Path.of("/usr/bin/gobgpd"))) {
      return Optional.empty();
    }
    Host host = field.host("gobgp", GOBGP);
    Path file =
        write(
            field,
            "gobgp.toml",
            """
            [global.config]
              as = 64512
              router-id = "10.78.0.22"
            [[neighbors]]
              [neighbors.config]
                neighbor-address = "10.78.0.21"
                peer-as = 64512
              [neighbors.transport.config]
                passive-mode = true
            [[neighbors]]
              [neighbors.config]
                neighbor-address = "10.78.0.1"
                peer-as = 64513
              [neighbors.transport.config]
                passive-mode = true
            """);
    field.shut(GOBGP);
    RunningProcess process =
        host.start(
            "gobgpd",
            List.of("gobgpd", "-f", file.toString(), "--api-hosts", "127.0.0.1:50051"),
            Map.of());
    RouterField.await(
        "GoBGP has the routes",
        () ->
            host.exec("gobgp", "global", "rib", "summary")
                .output()
                .contains("Destination: " + RouterField.MANY));
    return Optional.of(
        new Source(
            "GoBGP", GOBGP, () -> field.dial(GOBGP), () -> field.shut(GOBGP), () -> process));
  }

  /// Begins anew for each session, as it cannot be told to end one.
  static Announcer exabgp(RouterField field) {
    Host host = field.host("exabgp", EXABGP);
    Path file =
        write(
            field,
            "exabgp.conf",
            """
            neighbor 10.78.0.1 {
              router-id 10.78.0.23; local-address 10.78.0.23; local-as 64512; peer-as 64513;
              family { ipv4 unicast; }
              static {
            %s  }
            }
            """
                .formatted(each(prefix -> "route " + prefix + " next-hop 10.78.0.23;\n")));
    Map<String, String> settings =
        Map.of(
            "exabgp.daemon.user", "root", "exabgp.daemon.drop", "false", "exabgp.api.cli", "false");
    RunningProcess[] process = new RunningProcess[1];
    return new Source(
        "ExaBGP",
        EXABGP,
        () ->
            process[0] =
                host.start(
                    "exabgp", List.of("/usr/sbin/python3-exabgp", file.toString()), settings),
        () -> process[0].kill(),
        () -> process[0]);
  }

  private static String each(Function<String, String> line) {
    return IntStream.range(0, RouterField.MANY)
        .mapToObj(i -> line.apply(new Ipv4(RouterField.FIRST.bits() + i) + "/32"))
        .collect(Collectors.joining());
  }

  private static Path write(RouterField field, String name, String text) {
    Path file = field.sandbox().scratch().resolve(name);
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void command(Host host, String... words) {
    String unused = host.exec(words).orThrow();
    if (unused.contains("rror")) {
      throw new IllegalStateException(unused);
    }
  }

  private record Source(
      String name,
      String address,
      Runnable beginning,
      Runnable ending,
      Supplier<RunningProcess> process)
      implements Announcer {

    @Override
    public void begin() {
      beginning.run();
    }

    @Override
    public void end() {
      ending.run();
    }

    @Override
    public String words() {
      RunningProcess at = process.get();
      return (at.isRunning() ? "runs" : "has ended") + ": " + String.join("\n", at.tail(20));
    }
  }
}
