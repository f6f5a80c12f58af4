// SPDX-License-Identifier: Apache-2.0
/// Several clusters on one repository: blocks of shared pools that a cluster leases, and ranges
/// that another cluster still has.
@NullMarked
package io.gitlb.reconciler.lease;

import org.jspecify.annotations.NullMarked;
