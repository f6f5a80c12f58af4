// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Host;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.MacAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A segment of two switches whose trunk is cut: each part has a holder, and clients that have
/// learned it. When the trunk is whole again, one holder gives way, and its clients are told.
@NeedsLab
final class SplitLabIT {

  private static final Duration PART = Duration.ofSeconds(20);
  private static final Duration ROUNDS = Duration.ofSeconds(6);
  private static final Duration BAR = Duration.ofSeconds(2);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void theClientsOfWhoGivesWayAreToldOfWhoGoesOn() {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 1);
    Ipv4 address = field.addresses().getFirst();
    LabNode owner = field.owner(address).orElseThrow();
    Host far = lab.host("far");
    field.lab().lan().attach(far, LabNode.LAN, "10.78.0.202/16");

    field.lab().lan().split(List.of(owner.host(), far));
    LabNode taker =
        Await.until(
                "another holder in the part of the judges",
                PART,
                () -> field.owner(address),
                holder -> holder.filter(node -> !node.equals(owner)).isPresent())
            .orElseThrow();
    Neighbours near = new Neighbours(field.lab().client());
    Neighbours beyond = new Neighbours(far);
    near.learn(address, taker.mac());
    beyond.learn(address, owner.mac());
    // From now on neither kernel asks by itself.
    field.close();
    quiet(near, address, taker.mac());
    quiet(beyond, address, owner.mac());
    Await.always(
        "each client knows the holder of its part, also after the rounds of the take-over",
        ROUNDS,
        () -> List.of(near.station(address), beyond.station(address)),
        List.of(taker.mac().toString(), owner.mac().toString())::equals);

    field.lab().lan().join();
    long healed = System.nanoTime();
    Await.until(
        "one holder for both clients",
        BAR,
        () -> List.of(near.station(address), beyond.station(address)),
        stations -> stations.getFirst().equals(stations.getLast()));
    System.out.println("told after " + Duration.ofNanos(System.nanoTime() - healed).toMillis());
  }

  private static void quiet(Neighbours client, Ipv4 address, MacAddress mac) {
    client.set(address, mac, "stale");
    Await.until("learned", PART, () -> client.station(address), mac.toString()::equals);
  }
}
