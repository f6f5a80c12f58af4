// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.discovery.session;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Finds the routers at the other ends of links, and lets them find us. Linux only.
public final class RouterDiscovery implements AutoCloseable {

  private final DiscoveryListener listener;

  // interface → what goes on there (1:1)
  private final SortedMap<String, LinkTalk> talks = new TreeMap<>();

  /// On no link yet.
  public RouterDiscovery(DiscoveryListener listener) {
    this.listener = listener;
  }

  /// Takes the whole set; what goes on stays.
  ///
  /// @param interfaceNames need not be there yet
  public synchronized void apply(SortedSet<String> interfaceNames) {
    for (String known : List.copyOf(talks.keySet())) {
      LinkTalk unwanted = interfaceNames.contains(known) ? null : talks.remove(known);
      if (unwanted != null) {
        unwanted.close();
      }
    }
    for (String name : interfaceNames) {
      talks.computeIfAbsent(name, added -> LinkTalk.begin(added, listener));
    }
  }

  @Override
  public synchronized void close() {
    talks.values().forEach(LinkTalk::close);
    talks.clear();
  }
}
