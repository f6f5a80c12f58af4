// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static io.gitlb.speaker.bfd.session.Cable.await;
import static io.gitlb.speaker.bfd.session.Cable.count;
import static io.gitlb.speaker.bfd.session.Cable.run;
import static io.gitlb.speaker.bfd.session.Cable.text;
import static io.gitlb.speaker.bfd.session.Cable.tried;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.gitlb.speaker.NeedsRoot;
import io.gitlb.speaker.bfd.AuthenticationType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The machine against the routers that people have. Needs root, and each router installed.
final class RouterInteropTest {

  private static final Path BIRD = Path.of("/usr/sbin/bird");
  private static final Path FRR = Path.of("/usr/lib/frr");
  private static final String SECRET = "sixteen-octets-x";

  @TempDir Path directory;

  @Test
  void birdWithoutAuthentication() throws Exception {
    bird("", "-");
  }

  @ParameterizedTest
  @EnumSource(AuthenticationType.class)
  void birdWithAuthentication(AuthenticationType type) throws Exception {
    String name = type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String keyed = name.startsWith("meticulous") ? name.replace("us ", "us keyed ") : name;
    bird("authentication " + keyed + "; password \"" + SECRET + "\" { id 1; };", type.name());
  }

  private void bird(String authentication, String type) throws Exception {
    NeedsRoot.or(Files.isExecutable(BIRD), "needs BIRD");
    String configuration =
        """
        router id 192.0.2.2;
        protocol device {}
        protocol bfd {
          interface "vb" {
            min rx interval 100 ms; min tx interval 100 ms; multiplier 3; idle tx interval 300 ms;
            %s
          };
          neighbor 192.0.2.1 dev "vb" local 192.0.2.2;
        }
        """
            .formatted(authentication);
    Path file = Files.writeString(directory.resolve("bird.conf"), configuration);
    try (Cable cable = Cable.lay(directory)) {
      Path ours = ours(cable, type);
      String control = directory.resolve("bird.ctl").toString();
      cable.start(cable.b, List.of(BIRD.toString(), "-f", "-c", file.toString(), "-s", control));
      staysUpAndNoticesTheCut(cable, ours);
    }
  }

  @Test
  void frr() throws Exception {
    NeedsRoot.or(Files.isExecutable(FRR.resolve("bfdd")), "needs FRR");
    try (Cable cable = Cable.lay(directory)) {
      Path ours = ours(cable, "-");
      try {
        startFrr(cable);
        staysUpAndNoticesTheCut(cable, ours);
      } finally {
        for (String parent : List.of("/etc/frr/", "/var/run/frr/")) {
          tried("rm -r " + parent + cable.b);
        }
      }
    }
  }

  private static void startFrr(Cable cable) throws Exception {
    for (String parent : List.of("/etc/frr/", "/var/run/frr/")) {
      run("install -d -o frr -g frr " + parent + cable.b);
    }
    Path file = Path.of("/etc/frr", cable.b, "frr.conf");
    Files.writeString(
        file,
        """
        bfd
         peer 192.0.2.1 interface vb
          receive-interval 100
          transmit-interval 100
          detect-multiplier 3
         exit
        exit
        """);
    Files.writeString(Path.of("/etc/frr", cable.b, "vtysh.conf"), "");
    for (String daemon : List.of("zebra", "bfdd")) {
      String program = FRR.resolve(daemon).toString();
      cable.start(cable.b, List.of(program, "-N", cable.b, "-A", "127.0.0.1"));
      Path socket = Path.of("/var/run/frr", cable.b, daemon + ".vty");
      await(file, () -> Files.exists(socket));
    }
    run("ip netns exec " + cable.b + " vtysh -N " + cable.b + " -b");
  }

  private static Path ours(Cable cable, String type) throws Exception {
    return cable.java(
        cable.a, RouterPeer.class, List.of("va", "192.0.2.1", "192.0.2.2", type, SECRET));
  }

  private static void staysUpAndNoticesTheCut(Cable cable, Path ours) throws Exception {
    await(ours, () -> count(ours, "UP ") > 0);
    TimeUnit.MILLISECONDS.sleep(1_500);
    await(ours, () -> text(ours).lines().anyMatch(line -> line.startsWith("DROPS ")));
    assertFalse(text(ours).matches("(?s).*authentication_[a-z]+=[1-9].*"), () -> text(ours));
    int downs = count(ours, "DOWN ");
    run("ip -n " + cable.b + " link set vb down");
    await(ours, () -> count(ours, "DOWN ") > downs && text(ours).contains("LOST"));
  }
}
