"""Joint steps of several nets by optimizers of torch."""

from collections import defaultdict

import torch

from sktext.model_selection._joint._mlp import JointMLP


class BlockSteps:
    """Joint steps by one optimizer of torch; nets of equal learning rate and decay form a block.

    Parameters
    ----------
    modules : list of MLP
    plans : list of OptimizerPlan
        They differ in learning rate and weight decay only.
    """

    def __init__(self, modules, plans):
        blocks = defaultdict(list)
        for i, plan in enumerate(plans):
            blocks[plan.options.get("lr"), plan.weight_decay].append(i)
        self.blocks = list(blocks.values())
        order = torch.tensor([i for block in self.blocks for i in block])
        self.places = torch.argsort(order).to(modules[0].head.weight.device)
        self.modules = [JointMLP([modules[i] for i in block]) for block in self.blocks]
        for module in self.modules:
            module.first.sparse_gradient = plans[0].sparse_gradient
        self.optimizer = make_optimizer([plans[block[0]] for block in self.blocks], self.modules)

    def step(self, x, losses_of):
        """Make one step; return the loss of each net.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_features) or SparseRows
        losses_of : callable
            From logits of shape (n_nets, n_samples, n_outputs) to losses.

        Returns
        -------
        losses : tensor of shape (n_nets,)
        """
        self.optimizer.zero_grad()
        logits = torch.cat([module(x) for module in self.modules])
        losses = losses_of(logits.index_select(0, self.places))
        losses.sum().backward()  # each loss depends on the weights of its own net only
        self.optimizer.step()
        return losses.detach()

    def copy_to(self, modules):
        """Copy the weights of some nets to networks of their own, by number."""
        for block, joint in zip(self.blocks, self.modules, strict=True):
            for k, i in enumerate(block):
                if i in modules:
                    joint.copy_to(modules[i], k)


def make_optimizer(plans, modules):
    """Make the optimizer of blocks of nets, each with its learning rate and decay."""
    groups = []
    for plan, module in zip(plans, modules, strict=True):
        lr = {"lr": plan.options["lr"]} if "lr" in plan.options else {}
        for group in plan.parameter_groups(*module.split_parameters()):
            groups.append(group | lr)
    return plans[0].factory(groups, **plans[0].options)
