// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import static io.gitlb.speaker.bfd.session.Cable.await;
import static io.gitlb.speaker.bfd.session.Cable.run;
import static io.gitlb.speaker.bfd.session.Cable.text;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The kernel sends to the router from another address of ours, long before silence would tell.
final class RenumberedTest {

  private static final String TEN_SECONDS = "100";

  @TempDir private Path directory;
  private Cable cable;
  private String ip;
  private Path ours;

  @BeforeEach
  void comeUp() throws Exception {
    cable = Cable.lay(directory);
    ip = "ip -n " + cable.a;
    ours = peer(cable.a, "va", "-", "192.0.2.2");
    Path router = peer(cable.b, "vb", "192.0.2.2", "192.0.2.1");
    await(ours, () -> text(ours).contains("UP "));
    await(router, () -> text(router).contains("UP "));
    run(ip + " addr add 192.0.2.9/32 dev va");
  }

  private Path peer(String namespace, String device, String local, String remote) throws Exception {
    return cable.java(
        namespace, RouterPeer.class, List.of(device, local, remote, "-", "-", TEN_SECONDS));
  }

  @AfterEach
  void cleanUp() {
    if (cable != null) { // Not where the test is skipped.
      cable.close();
    }
  }

  /// BGP's connection has the old address, too, and hears nothing any more.
  @Test
  void anAddressThatIsGoneIsAFailureOfThePath() throws Exception {
    run(ip + " addr del 192.0.2.1/24 dev va");
    run(ip + " route add 192.0.2.0/24 dev va src 192.0.2.9");

    await(ours, () -> text(ours).contains("DOWN PATH_DOWN"));
    await(ours, () -> text(ours).contains("LOST"));
  }

  @Test
  void oneThatIsStillThereIsNot() throws Exception {
    run(ip + " route replace 192.0.2.0/24 dev va scope link proto kernel src 192.0.2.9");

    await(ours, () -> text(ours).contains("ADMIN_DOWN "));
    assertFalse(text(ours).contains("LOST"), () -> text(ours));
  }
}
