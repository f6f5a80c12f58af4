// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What `/sys/class/net` tells of interfaces. That directory may show another network namespace,
/// when this one was entered without mounting it anew; so it is believed only where it knows the
/// interface under the same number.
final class NetworkDevices {

  private final Path directory;

  /// @param directory `/sys/class/net` but in tests
  NetworkDevices(Path directory) {
    this.directory = directory;
  }

  /// `IFF_*` of `<linux/if.h>` without IFF_RUNNING, which is not there.
  OptionalInt flags(String name, int index) {
    return known(name, index)
        .flatMap(device -> line(device.resolve("flags")))
        .map(text -> OptionalInt.of(Integer.decode(text)))
        .orElse(OptionalInt.empty());
  }

  /// The bond, bridge or other upper device that it is a port of.
  Optional<String> master(String name, int index) {
    return known(name, index)
        .map(device -> device.resolve("master"))
        .filter(Files::isSymbolicLink)
        .flatMap(
            link -> {
              try {
                return Optional.of(Files.readSymbolicLink(link).getFileName().toString());
              } catch (IOException _) {
                return Optional.empty();
              }
            });
  }

  /// How often the signal on the cable has come or gone; 0 when that is not told.
  long carrierChanges(String name, int index) {
    return known(name, index)
        .flatMap(device -> line(device.resolve("carrier_changes")))
        .map(Long::parseLong)
        .orElse(0L);
  }

  /// Empty when nothing is told.
  Optional<InterfaceType> type(String name, int index) {
    return known(name, index).map(NetworkDevices::type);
  }

  private static InterfaceType type(Path device) {
    // A bond or a bridge has a directory of its settings, some cards have a type as well.
    if (Files.isDirectory(device.resolve("bonding"))) {
      return InterfaceType.BOND;
    }
    if (Files.isDirectory(device.resolve("bridge"))) {
      return InterfaceType.BRIDGE;
    }
    if (lines(device.resolve("uevent")).contains("DEVTYPE=vlan")) {
      return InterfaceType.VLAN;
    }
    return Files.exists(device.resolve("device")) ? InterfaceType.PHYSICAL : InterfaceType.VIRTUAL;
  }

  private Optional<Path> known(String name, int index) {
    Path device = directory.resolve(name);
    return line(device.resolve("ifindex")).equals(Optional.of(Integer.toString(index)))
        ? Optional.of(device)
        : Optional.empty();
  }

  private static Optional<String> line(Path file) {
    return lines(file).stream().findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException _) {
      return List.of();
    }
  }
}
