"""A network as GraphML, for Gephi and its like."""

from __future__ import annotations

from lxml import etree

from haihe.boards.registry.networks import Network

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_SCHEMA = f"{NAMESPACE} http://graphml.graphdrawing.org/xmlns/1.1/graphml.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_KEYS = {
    "label": ("node", "string"),
    "kind": ("node", "string"),
    "region": ("node", "string"),
    "events": ("node", "int"),
    "partners": ("node", "int"),
    "weight": ("edge", "double"),
    "since": ("edge", "int"),
    "until": ("edge", "int"),
}


def graphml(network: Network) -> bytes:
    """A network as a GraphML 1.1 document (Brandes et al. 2002, GraphML progress report, §2 and §3.1).

    Nodes have `label`, `kind`, `region` (adcode), `events` and `partners`; edges `weight`, the number of
    events, and the years `since` and `until`; what is unknown is left out.
    """
    spaces: dict[str | None, str] = {None: NAMESPACE, "xsi": _XSI}
    located = {f"{{{_XSI}}}schemaLocation": _SCHEMA}
    root = etree.Element("graphml", located, nsmap=spaces)  # type: ignore[arg-type]  # stubs lack the default
    for name, (where, kind) in _KEYS.items():
        etree.SubElement(root, "key", {"id": name, "for": where, "attr.name": name, "attr.type": kind})
    graph = etree.SubElement(root, "graph", {"id": "cooperation", "edgedefault": "undirected"})
    for node in network.nodes:
        told = {"label": node.body.name, "kind": node.body.kind, "region": node.body.region}
        made = etree.SubElement(graph, "node", {"id": node.body.id})
        _add(made, told | {"events": node.events, "partners": node.partners})
    for tie in network.ties:
        made = etree.SubElement(graph, "edge", {"source": tie.first.id, "target": tie.second.id})
        _add(made, {"weight": tie.events, "since": min(tie.years), "until": max(tie.years)})
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add(element: etree._Element, values: dict[str, object]) -> None:
    for name, value in values.items():
        if value is not None:
            etree.SubElement(element, "data", {"key": name}).text = str(value)
