// SPDX-License-Identifier: Apache-2.0
/// The ways to change a part of an object: JSON merge patch (RFC 7396), JSON patch (RFC 6902),
/// strategic merge patch and server-side apply with its field owners. Pure functions on JSON trees.
@NullMarked
package io.gitlb.apiserver.patch;

import org.jspecify.annotations.NullMarked;
