// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.pcap;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.l2.KernelFinding;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.l2.SegmentPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapNativeException;

/// The wire of this node through libpcap.
public final class PcapSegments implements SegmentPort {

  /// The names that are used unless the operator says otherwise: all but those that container
  /// networks, bridges of virtual machines and tunnels make.
  public static final String DEFAULT_INTERFACE_REGEX =
      "(?!(?:docker|br-[0-9a-f]{12}$|cbr|cni|dummy|virbr|lxcbr|lxc|lxd|podman|veth|vnet|cali|cilium"
          + "|antrea|flannel|vxlan|geneve|genev_sys|ovs-system|tunl|kube-ipvs|nodelocaldns|nerdctl)).+";

  private final Pattern allowedNames;
  private final Set<InterfaceType> allowedTypes;
  private final KernelSettings kernel = new KernelSettings(Path.of("/"));

  /// @param allowedNames must match the whole name of an interface that is to be used
  /// @param allowedTypes of interfaces that are to be used
  public PcapSegments(Pattern allowedNames, Set<InterfaceType> allowedTypes) {
    this.allowedNames = allowedNames;
    this.allowedTypes = Set.copyOf(allowedTypes);
  }

  @Override
  public Survey survey() {
    List<Link> links = new ArrayList<>();
    TreeMap<String, String> skipped = new TreeMap<>();
    try {
      for (KernelInterface one :
          InterfaceScan.read(one -> one.obstacle(allowedNames, allowedTypes).isEmpty())) {
        Optional<String> obstacle = one.obstacle(allowedNames, allowedTypes);
        if (obstacle.isPresent()) {
          skipped.put(one.name(), obstacle.get());
        } else {
          one.macAddress()
              .ifPresent(
                  mac ->
                      links.add(
                          new Link(
                              one.name(),
                              one.index(),
                              mac,
                              one.onLink(),
                              one.addresses(),
                              one.carrierChanges())));
        }
      }
    } catch (IOException e) {
      skipped.put("*", "the interfaces cannot be listed: " + e.getMessage());
    }
    return new Survey(links, skipped);
  }

  @Override
  public Opening open(Link link, FrameListener listener) {
    try {
      return new Opening.Opened(PcapSegment.open(link, listener));
    } catch (PcapNativeException | NotOpenException e) {
      return new Opening.Refused(
          oneLine(String.valueOf(e.getMessage()))
              + "; capturing needs the capability CAP_NET_RAW (root has it)");
    } catch (IOException e) {
      return new Opening.Refused(oneLine(String.valueOf(e.getMessage())));
    } catch (LinkageError e) {
      return new Opening.Refused(
          oneLine(String.valueOf(e.getMessage()))
              + "; the library libpcap.so is needed (Debian: apt-get install libpcap0.8)");
    }
  }

  @Override
  public Watch watch(Runnable changed) {
    return KernelEvents.open(changed);
  }

  @Override
  public SortedSet<KernelFinding> kernelFindings(
      SortedSet<String> links, Collection<IpAddress> announced) {
    return kernel.findings(links, announced, InterfaceScan.holders());
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
