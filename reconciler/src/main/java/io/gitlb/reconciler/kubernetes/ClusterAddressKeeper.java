// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.gitlb.reconciler.cluster.ClusterAddresses;
import io.gitlb.reconciler.kubernetes.EndpointTranslator.SliceView;
import io.gitlb.reconciler.kubernetes.ServiceTranslator.ServiceFacts;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.IpRange;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.value.SnapshotMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who in the cluster uses which address: cluster IPs, API servers, ranges of cluster IPs.
final class ClusterAddressKeeper {

  private static final String API_SERVER = "the API server";

  /// What the kubeconfig calls the API server, if that is an address.
  private final Set<IpAddress> configured;

  /// cluster IP → the Service that has it (1:1)
  private final Map<IpAddress, ServiceRef> clusterIps = new HashMap<>();

  /// key of a slice → the API servers in it (1:N)
  private final Map<String, List<IpAddress>> apiServers = new HashMap<>();

  /// name of a ServiceCIDR → its ranges (1:N)
  private final SortedMap<String, List<IpPrefix>> cidrs = new TreeMap<>();

  private SnapshotMap<IpAddress, String> single = SnapshotMap.empty();
  private SnapshotMap<IpRange, String> ranges = SnapshotMap.empty();

  /// @param configured addresses under which we reach the API server
  ClusterAddressKeeper(Set<IpAddress> configured) {
    this.configured = Set.copyOf(configured);
    configured.forEach(this::name);
  }

  void applyServices(List<Change<ServiceFacts>> changes) {
    for (Change<ServiceFacts> change : changes) {
      List<IpAddress> before = change.before().map(ServiceFacts::clusterIps).orElse(List.of());
      List<IpAddress> after = change.after().map(ServiceFacts::clusterIps).orElse(List.of());
      if (!before.equals(after)) {
        // Changes come in no order: the address may have gone to another Service already.
        change.before().ifPresent(gone -> before.forEach(ip -> clusterIps.remove(ip, gone.ref())));
        change.after().ifPresent(now -> after.forEach(ip -> clusterIps.put(ip, now.ref())));
        before.forEach(this::name);
        after.forEach(this::name);
      }
    }
  }

  void applySlices(List<Change<SliceView>> changes) {
    for (Change<SliceView> change : changes) {
      List<IpAddress> before = change.before().map(SliceView::apiServers).orElse(List.of());
      List<IpAddress> after = change.after().map(SliceView::apiServers).orElse(List.of());
      if (!before.equals(after)) {
        apiServers.put(change.key(), after);
        before.forEach(this::name);
        after.forEach(this::name);
      }
    }
  }

  /// There are few, so all are looked at when one changes.
  ///
  /// @param changes of ServiceCIDR objects, of which only the CIDRs count
  void applyServiceCidrs(List<Change<List<IpPrefix>>> changes) {
    if (changes.isEmpty()) {
      return;
    }
    changes.forEach(
        change ->
            change
                .after()
                .ifPresentOrElse(
                    prefixes -> cidrs.put(change.key(), prefixes),
                    () -> cidrs.remove(change.key())));
    SortedMap<IpRange, String> words = new TreeMap<>();
    cidrs.forEach(
        (name, prefixes) ->
            prefixes.forEach(
                prefix ->
                    words.putIfAbsent(prefix.toRange(), "Services (ServiceCIDR " + name + ")")));
    for (IpRange gone : new HashSet<>(ranges.keySet())) {
      if (!words.containsKey(gone)) {
        ranges = ranges.without(gone);
      }
    }
    words.forEach(
        (range, text) -> {
          if (!text.equals(ranges.get(range))) {
            ranges = ranges.with(range, text);
          }
        });
  }

  /// Puts the words for one address right.
  private void name(IpAddress address) {
    ServiceRef service = clusterIps.get(address);
    if (service != null) {
      name(address, "the cluster IP of " + service);
    } else if (isApiServer(address)) {
      name(address, API_SERVER);
    } else {
      single = single.without(address);
    }
  }

  private void name(IpAddress address, String words) {
    if (!words.equals(single.get(address))) {
      single = single.with(address, words);
    }
  }

  private boolean isApiServer(IpAddress address) {
    return configured.contains(address)
        || apiServers.values().stream().anyMatch(servers -> servers.contains(address));
  }

  ClusterAddresses addresses() {
    return new ClusterAddresses(single, ranges);
  }
}
