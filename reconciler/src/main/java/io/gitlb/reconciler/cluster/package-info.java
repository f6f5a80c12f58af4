// SPDX-License-Identifier: Apache-2.0
/// What is live in the cluster, as small immutable views: no API object crosses into here. Pure.
@NullMarked
package io.gitlb.reconciler.cluster;

import org.jspecify.annotations.NullMarked;
