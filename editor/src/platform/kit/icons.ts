/** The icons that pages use most, by lucide name: fetched with the first of them that a window shows. */
import {
  Activity, AlignCenterHorizontal, AlignCenterVertical, AlignEndHorizontal, AlignEndVertical, AlignHorizontalDistributeCenter, AlignHorizontalJustifyCenter,
  AlignStartHorizontal, AlignStartVertical, AlignVerticalDistributeCenter, Archive, ArrowDownAZ, ArrowLeft, ArrowLeftRight, ArrowRight, BadgeCheck, Bell,
  BellOff, BellRing, Bot, Box, Boxes, Braces, Bug, Cable, Calculator, CalendarClock, ChartColumn, Check, ChevronDown, ChevronRight, Circle, CircleAlert,
  CircleCheck, ClipboardPaste, Clock, Cloud, CloudUpload, Code, Combine, Copy, CopyPlus, Cpu, Database, DatabaseBackup, DatabaseZap, Download, Ellipsis, Eraser,
  EthernetPort, Eye, FileArchive, FileCode, FileInput, FileOutput, FileText, Filter, Flag, Flame, FlaskConical, Folder, FolderSearch, Frame, Funnel, Gauge,
  GitBranch, GitMerge, Globe, Group, HardDrive, Hash, Heart, History, Hourglass, House, type IconNode, Image, Inbox, Info, Key, KeyRound, Languages, Layers,
  Layers2, LayoutDashboard, Link, ListChecks, ListFilter, ListOrdered, ListTree, Lock, LogIn, LogOut, Mail, Map, Maximize, Megaphone, MessageSquare, Minus,
  Monitor, Moon, Network, Package, PanelBottom, PanelLeft, PanelRight, Pause, Pencil, PhoneCall, Play, Plug, Plus, Power, Puzzle, Radio, RadioTower, Redo2,
  RefreshCw, Repeat, Reply, RotateCcw, Route, Ruler, Save, Scissors, ScrollText, Search, Send, Server, Settings, Shield, ShieldAlert, ShieldCheck, Shuffle,
  Sigma, Siren, SlidersHorizontal, Smartphone, Spline, Split, SquareDashed, SquareFunction, StickyNote, Sun, Table, Tag, Terminal, Thermometer, Timer,
  ToggleLeft, Trash2, TrendingUp, TriangleAlert, Undo2, Ungroup, Upload, User, Users, Waves, Webhook, Wind, Workflow, Wrench, X, Zap, ZoomIn, ZoomOut,
} from "lucide";

export const commonIcons: Record<string, IconNode> = {
  // Those of our own node types.
  "arrow-down-a-z": ArrowDownAZ, "arrow-left-right": ArrowLeftRight, "bell-off": BellOff, bot: Bot, cable: Cable,
  "calendar-clock": CalendarClock, "chart-column": ChartColumn, "circle-check": CircleCheck, combine: Combine, cpu: Cpu,
  "database-backup": DatabaseBackup, "database-zap": DatabaseZap, "ethernet-port": EthernetPort, "file-code": FileCode,
  "file-input": FileInput, "file-output": FileOutput, "folder-search": FolderSearch, "list-checks": ListChecks, "file-archive": FileArchive,
  "cloud-upload": CloudUpload, "shield-check": ShieldCheck, eraser: Eraser, "list-ordered": ListOrdered, "phone-call": PhoneCall,
  "radio-tower": RadioTower, reply: Reply, sigma: Sigma, siren: Siren, ungroup: Ungroup,
  // Those of controls.
  activity: Activity, align: AlignHorizontalJustifyCenter, "align-center-horizontal": AlignCenterHorizontal, "align-center-vertical": AlignCenterVertical,
  "align-end-horizontal": AlignEndHorizontal, "align-end-vertical": AlignEndVertical, "align-horizontal-distribute-center": AlignHorizontalDistributeCenter,
  "align-start-horizontal": AlignStartHorizontal, "align-start-vertical": AlignStartVertical, "align-vertical-distribute-center": AlignVerticalDistributeCenter,
  "clipboard-paste": ClipboardPaste, "copy-plus": CopyPlus, image: Image, "log-in": LogIn, scissors: Scissors, archive: Archive, "arrow-left": ArrowLeft, "arrow-right": ArrowRight, "badge-check": BadgeCheck,
  bell: Bell, "bell-ring": BellRing, box: Box, boxes: Boxes, braces: Braces, bug: Bug, calculator: Calculator, check: Check, "chevron-down": ChevronDown,
  "chevron-right": ChevronRight, circle: Circle, "circle-alert": CircleAlert, clock: Clock, cloud: Cloud, code: Code, copy: Copy, database: Database,
  download: Download, ellipsis: Ellipsis, eye: Eye, "file-text": FileText, filter: Filter, flag: Flag, "flask-conical": FlaskConical, flame: Flame,
  folder: Folder, frame: Frame, funnel: Funnel, gauge: Gauge, "git-branch": GitBranch, "git-merge": GitMerge, globe: Globe, group: Group, hash: Hash,
  "hard-drive": HardDrive, heart: Heart, history: History, hourglass: Hourglass, house: House, inbox: Inbox, info: Info, key: Key, "key-round": KeyRound,
  languages: Languages, layers: Layers, "layers-2": Layers2, "layout-dashboard": LayoutDashboard, link: Link, "list-filter": ListFilter,
  "list-tree": ListTree, lock: Lock, "log-out": LogOut, mail: Mail, map: Map, maximize: Maximize, megaphone: Megaphone, "message-square": MessageSquare,
  minus: Minus, monitor: Monitor, moon: Moon, network: Network, package: Package, "panel-bottom": PanelBottom, "panel-left": PanelLeft,
  "panel-right": PanelRight, pause: Pause, pencil: Pencil, play: Play, plug: Plug, plus: Plus, power: Power, puzzle: Puzzle, radio: Radio,
  "refresh-cw": RefreshCw, repeat: Repeat, "rotate-ccw": RotateCcw, route: Route, ruler: Ruler, save: Save, "scroll-text": ScrollText, search: Search,
  send: Send, server: Server, settings: Settings, shield: Shield, "shield-alert": ShieldAlert, shuffle: Shuffle, "sliders-horizontal": SlidersHorizontal,
  smartphone: Smartphone, spline: Spline, split: Split, "square-dashed": SquareDashed, "square-function": SquareFunction, "sticky-note": StickyNote, sun: Sun, table: Table, tag: Tag,
  terminal: Terminal, thermometer: Thermometer, timer: Timer, "toggle-left": ToggleLeft, "trash-2": Trash2, "trending-up": TrendingUp,
  "triangle-alert": TriangleAlert, "undo-2": Undo2, "redo-2": Redo2, upload: Upload, user: User, users: Users, waves: Waves, webhook: Webhook, wind: Wind,
  workflow: Workflow, wrench: Wrench, x: X, zap: Zap, "zoom-in": ZoomIn, "zoom-out": ZoomOut,
};
