// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;

/// A station was heard to use an address, or to want it.
///
/// @param mac of the station that says so
public record Sighting(IpAddress address, MacAddress mac, SightingKind kind) {}
