// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node with a VLAN on a bond of two cards, a bridge with a port, and a veth, as the kernel shows
/// it.
final class NetworkDevicesTest {

  @TempDir Path root;

  @Test
  void eachTypeIsKnownByWhatTheKernelShows() throws IOException {
    device("eno1", 2, "device/vendor", "0x8086");
    device("bond0", 3, "bonding/mode", "802.3ad 4");
    device("bond0.10", 4, "uevent", "DEVTYPE=vlan\nINTERFACE=bond0.10\nIFINDEX=4");
    device("br0", 5, "bridge/stp_state", "0");
    device("veth1", 6, "uevent", "INTERFACE=veth1\nIFINDEX=6");
    NetworkDevices devices = new NetworkDevices(root);
    assertEquals(Optional.of(InterfaceType.PHYSICAL), devices.type("eno1", 2));
    assertEquals(Optional.of(InterfaceType.BOND), devices.type("bond0", 3));
    assertEquals(Optional.of(InterfaceType.VLAN), devices.type("bond0.10", 4));
    assertEquals(Optional.of(InterfaceType.BRIDGE), devices.type("br0", 5));
    assertEquals(Optional.of(InterfaceType.VIRTUAL), devices.type("veth1", 6));
    assertEquals(Optional.empty(), devices.type("eth9", 9));
  }

  @Test
  void aPortNamesWhatItIsAPortOf() throws IOException {
    device("eno1", 2, "carrier_changes", "4");
    Files.createSymbolicLink(root.resolve("eno1/master"), Path.of("../bond0"));
    device("bond0.10", 4, "flags", "0x1003");
    NetworkDevices devices = new NetworkDevices(root);
    assertEquals(Optional.of("bond0"), devices.master("eno1", 2));
    assertEquals(4, devices.carrierChanges("eno1", 2));
    assertEquals(Optional.empty(), devices.master("bond0.10", 4), "a VLAN is nobody's port");
    assertEquals(OptionalInt.of(0x1003), devices.flags("bond0.10", 4));
    assertEquals(0, devices.carrierChanges("bond0.10", 4), "not told");
  }

  @Test
  void anInterfaceOfAnotherNamespaceUnderTheSameNameIsNotBelieved() throws IOException {
    device("eth0", 2, "flags", "0x1003");
    NetworkDevices devices = new NetworkDevices(root);
    assertEquals(OptionalInt.empty(), devices.flags("eth0", 7));
    assertEquals(Optional.empty(), devices.type("eth0", 7));
  }

  private void device(String name, int index, String attribute, String text) throws IOException {
    Path device = root.resolve(name);
    Path file = device.resolve(attribute);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
    Files.writeString(device.resolve("ifindex"), index + "\n");
  }
}
